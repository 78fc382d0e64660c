locals {
  a = 1
  b = local.a + 1
  c = "${local.b}${local.b}"
  d = tonumber(local.c) * 2
  e = [for i in range(local.b) : { i = i, sq = i * i }]
  f = { for x in local.e : "k${x.i}" => x.sq... }
}
resource "terraform_data" "r" { input = { c = local.c, d = local.d, e = local.e, f = local.f } }
