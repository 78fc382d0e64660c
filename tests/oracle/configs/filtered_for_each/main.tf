variable "services" {
  type = map(object({
    port    = number
    enabled = optional(bool, true)
    cpu     = optional(number)
    health  = optional(object({ path = optional(string, "/health"), code = optional(number, 200) }), {})
  }))
}
resource "terraform_data" "svc" {
  for_each = { for k, v in var.services : k => v if v.enabled && v.port > 1000 }
  input = {
    name   = each.key
    cpu    = coalesce(each.value.cpu, 256)
    health = each.value.health
    raw    = each.value
  }
}
output "names" { value = keys(terraform_data.svc) }
