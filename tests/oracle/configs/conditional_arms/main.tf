resource "terraform_data" "a" { input = true }
locals { known = true }
resource "terraform_data" "b" {
  input = {
    u = terraform_data.a.output ? "yes" : "no"
    k = local.known ? "yes" : terraform_data.a.output
    n = local.known ? 1 : "two"
    l = local.known ? [1, 2] : []
    m = local.known ? null : "x"
    w = (!local.known) ? { a = 1 } : { a = 2 }
  }
}
