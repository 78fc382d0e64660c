resource "terraform_data" "a" { triggers_replace = { when = "now" } }
resource "terraform_data" "b" {
  input            = terraform_data.a.triggers_replace.when
  triggers_replace = [terraform_data.a.id, "static"]
  depends_on       = [terraform_data.a]
}
