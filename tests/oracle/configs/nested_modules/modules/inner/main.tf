variable "name" { type = string }
variable "size" {
  type    = number
  default = 5
}
resource "terraform_data" "this" {
  count = 2
  input = { name = var.name, size = var.size, at = count.index, where = path.module }
}
output "name" { value = upper(var.name) }
output "inputs" { value = terraform_data.this[*].input }
