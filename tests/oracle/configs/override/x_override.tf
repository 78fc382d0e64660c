locals { mode = "override" }
resource "terraform_data" "r" {
  triggers_replace = ["override"]
}
variable "size" { default = 2 }
