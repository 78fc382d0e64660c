variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "e" { default = "default" }
resource "terraform_data" "r" { input = [var.a, var.b, var.c, var.d, var.e] }
