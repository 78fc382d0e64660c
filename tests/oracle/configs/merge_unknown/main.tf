resource "terraform_data" "a" { input = { x = 1 } }
resource "terraform_data" "r" {
  input = {
    m = merge(terraform_data.a.output, { a = 1 })
    n = merge({ b = terraform_data.a.id }, { a = 1 })
    c = coalesce(null, terraform_data.a.id, "z")
    k = keys({ b = terraform_data.a.id })
    l = length([terraform_data.a.id, 2])
    j = join(",", ["a", terraform_data.a.id])
  }
}
