variable "cidr" {
  type    = string
  default = "10.0.0.0/16"
  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "must be /16"
  }
}
resource "terraform_data" "r" {
  for_each = { for i, z in ["a", "b", "c"] : z => cidrsubnet(var.cidr, 8, i + 1) }
  input    = each.value
}
output "subnets" { value = { for k, v in terraform_data.r : k => v.input } }
