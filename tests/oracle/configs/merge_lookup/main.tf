locals {
  defaults = { cpu = 256, tags = { a = 1 } }
  over     = { cpu = 512 }
  m        = merge(local.defaults, local.over, null)
}
resource "terraform_data" "r" {
  input = {
    m = local.m
    l = lookup(local.over, "memory", 1024)
    z = zipmap(["x", "y"], [1, 2])
    e = element(["p", "q", "r"], 4)
    s = slice([1, 2, 3, 4], 1, 3)
    d = distinct(["a", "b", "a"])
    k = keys(local.m)
    t = transpose({ a = ["1", "2"], b = ["2"] })
  }
}
