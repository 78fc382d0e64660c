module "m" {
  source = "./m"
  x      = null
  y      = null
}
output "o" { value = module.m }
