locals { services = { api = { port = 4000 }, web = { port = 3000 } } }
module "tg" {
  source   = "./tg"
  for_each = local.services
  name     = each.key
  port     = each.value.port
}
resource "terraform_data" "svc" {
  for_each = module.tg
  input    = { name = each.value.name, arn = each.value.arn, key = each.key, port = module.tg[each.key].port }
}
