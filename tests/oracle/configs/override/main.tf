variable "size" { default = 1 }
locals { mode = "base" }
resource "terraform_data" "r" {
  input            = { size = var.size, mode = local.mode }
  triggers_replace = ["base"]
}
output "mode" { value = local.mode }
