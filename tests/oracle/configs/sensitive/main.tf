variable "password" {
  default   = "s3cret"
  sensitive = true
}
resource "terraform_data" "r" { input = { p = var.password, url = "https://u:${var.password}@h", plain = nonsensitive(upper(var.password)) } }
output "p" {
  value     = var.password
  sensitive = true
}
