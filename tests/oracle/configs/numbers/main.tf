resource "terraform_data" "r" {
  input = {
    third = 1 / 3
    big   = 123456789012345678901234567890
    neg   = -5 % 3
    flo   = floor(2.7) + ceil(2.1)
    cmp   = 1 == 1.0
    str   = "1" == 1
    mix   = "${1.50}"
    exp   = 1e3
    pow   = pow(2, 10)
    parse = parseint("ff", 16)
    max   = max([1, 5, 3]...)
  }
}
