locals {
  services = {
    api = { ports = [80, 443] }
    web = { ports = [8080] }
    off = { ports = [] }
  }
  pairs = flatten([for name, s in local.services : [for p in s.ports : { name = name, port = p }]])
}
resource "terraform_data" "pair" {
  for_each = { for p in local.pairs : "${p.name}-${p.port}" => p }
  input    = each.value
}
