module "m" {
  count  = 2
  source = "./m"
  index  = count.index
}
module "off" {
  count  = 0
  source = "./m"
  index  = 9
}
output "v" { value = module.m[*].value }
output "off" { value = module.off[*].value }
output "one" { value = try(module.off[0].value, "none") }
