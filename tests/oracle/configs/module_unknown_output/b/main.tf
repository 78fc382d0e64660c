variable "id" { type = string }
variable "tags" { type = map(string) }
resource "terraform_data" "r" { input = { id = var.id, tags = var.tags, label = "id=${var.id}" } }
output "tags" { value = merge(var.tags, { Extra = "y" }) }
