variable "days" {
  default = 7
  validation {
    condition     = var.days >= 30
    error_message = "Keep logs for 30 days or more."
  }
}
resource "terraform_data" "r" { input = var.days }
