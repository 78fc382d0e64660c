locals {
  services = [
    { name = "api", tier = "critical" },
    { name = "web", tier = "critical" },
    { name = "ml", tier = "worker" },
  ]
  by_tier = { for s in local.services : s.tier => s.name... }
}
resource "terraform_data" "tier" {
  for_each = local.by_tier
  input    = join(",", each.value)
}
