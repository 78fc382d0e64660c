variable "names" { type = list(string) }
variable "prefix" { type = string }
module "inner" {
  for_each = toset(var.names)
  source   = "../inner"
  name     = "${var.prefix}-${each.key}"
}
output "all" { value = [for k, m in module.inner : m.name] }
output "by_name" { value = { for k, m in module.inner : k => m } }
