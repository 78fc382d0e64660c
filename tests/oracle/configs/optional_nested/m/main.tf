variable "cfg" {
  type = map(object({
    name    = string
    scaling = optional(object({ min = optional(number, 1), max = optional(number, 4) }), { min = 2 })
    extra   = optional(list(string), [])
    any     = optional(any)
  }))
  nullable = false
}
resource "terraform_data" "r" {
  for_each = var.cfg
  input    = each.value
}
output "cfg" { value = var.cfg }
