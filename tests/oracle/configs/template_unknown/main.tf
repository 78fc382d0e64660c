resource "terraform_data" "a" { input = 1 }
resource "terraform_data" "b" {
  input = {
    one   = "${terraform_data.a.id}"
    start = "${terraform_data.a.id}/x"
    multi = <<-EOT
      id: ${terraform_data.a.id}
    EOT
  }
}
