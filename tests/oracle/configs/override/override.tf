output "mode" { value = "out-${local.mode}" }
