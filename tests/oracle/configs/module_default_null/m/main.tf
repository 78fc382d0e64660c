variable "x" { default = "dx" }
variable "y" {
  default  = "dy"
  nullable = false
}
variable "z" { default = null }
output "x" { value = var.x }
output "y" { value = var.y }
output "z" { value = var.z }
