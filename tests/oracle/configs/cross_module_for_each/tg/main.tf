variable "name" {}
variable "port" {}
resource "terraform_data" "this" { input = var.name }
output "name" { value = terraform_data.this.input }
output "arn" { value = "arn:${terraform_data.this.id}" }
output "port" { value = var.port }
