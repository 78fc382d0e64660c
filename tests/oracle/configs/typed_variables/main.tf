variable "l" { type = list(number) }
variable "s" { type = set(string) }
variable "m" { type = map(bool) }
variable "t" { type = tuple([string, number]) }
variable "o" { type = object({ a = string, b = list(string) }) }
variable "any" { type = any }
variable "nn" {
  type     = string
  default  = "dflt"
  nullable = false
}
resource "terraform_data" "r" {
  input = { l = var.l, s = var.s, m = var.m, t = var.t, o = var.o, any = var.any, nn = var.nn }
}
