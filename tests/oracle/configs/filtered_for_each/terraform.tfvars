services = {
  api  = { port = 4000, cpu = 512 }
  web  = { port = "3000", health = { path = "/h" } }
  off  = { port = 9000, enabled = false }
  low  = { port = 80 }
  none = { port = 5000, cpu = null, health = null }
}
