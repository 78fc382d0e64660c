resource "terraform_data" "a" { input = "hello" }
resource "terraform_data" "b" {
  input = {
    id     = terraform_data.a.id
    out    = terraform_data.a.output
    in     = terraform_data.a.input
    text   = "pre-${terraform_data.a.id}-post"
    list   = [1, terraform_data.a.id, "x"]
    number = 1 + 2
  }
}
output "in" { value = terraform_data.b.input.in }
output "n" { value = terraform_data.b.input.number }
output "list" { value = terraform_data.b.input.list }
