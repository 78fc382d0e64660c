resource "terraform_data" "r" {
  input = templatefile("${path.module}/t.tftpl", { name = "api", ports = [80, 443], on = true })
}
output "upper" { value = upper(templatefile("t.tftpl", { name = "x", ports = [], on = false })) }
