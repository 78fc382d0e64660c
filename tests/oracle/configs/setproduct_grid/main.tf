locals {
  zones = ["a", "b"]
  tiers = ["public", "private"]
}
resource "terraform_data" "grid" {
  for_each = { for pair in setproduct(local.tiers, local.zones) : join("-", pair) => { tier = pair[0], zone = pair[1] } }
  input    = each.value
}
