variable "index" { type = string }
resource "terraform_data" "r" { input = var.index }
output "value" { value = "${terraform_data.r.input}!" }
