locals {
  k    = "dyn"
  keys = { (local.k) = 1, "${local.k}-x" = 2, plain = 3, "quoted key" = 4 }
}
resource "terraform_data" "r" {
  for_each = local.keys
  input    = each.value
}
