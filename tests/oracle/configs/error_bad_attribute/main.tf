locals { o = { a = 1 } }
resource "terraform_data" "r" { input = local.o.b }
