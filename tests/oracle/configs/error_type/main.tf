variable "n" {
  type    = number
  default = "many"
}
resource "terraform_data" "r" { input = var.n }
