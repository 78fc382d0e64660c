locals {
  a = local.b
  b = local.a
}
resource "terraform_data" "r" { input = local.a }
