locals {
  o = { a = { b = 1 } }
}
resource "terraform_data" "a" { input = "v" }
resource "terraform_data" "r" {
  input = {
    t1 = try(local.o.a.c, "fallback")
    t2 = try(local.o.a.b, 0)
    c1 = can(local.o.x)
    c2 = can(local.o.a.b)
    c3 = can(tonumber("abc"))
    t3 = try(tonumber("x"), tonumber("y"), 3)
  }
}
