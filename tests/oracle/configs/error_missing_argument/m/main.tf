variable "need" { type = string }
resource "terraform_data" "r" { input = var.need }
