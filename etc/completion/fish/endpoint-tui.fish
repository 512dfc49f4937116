# Completion for endpoint-tui.
complete -c endpoint-tui -f
complete -c endpoint-tui -r -F -l config
complete -c endpoint-tui -x -l state-dir -a '(__fish_complete_directories)'
complete -c endpoint-tui -x -l runtime-dir -a '(__fish_complete_directories)'
complete -c endpoint-tui -x -l lang -a 'pl en'
complete -c endpoint-tui -f -l ascii
complete -c endpoint-tui -x -l color -a 'auto always never'
complete -c endpoint-tui -x -l scheme -a 'default light high-contrast monochrome'
complete -c endpoint-tui -f -l mouse
complete -c endpoint-tui -f -l help
complete -c endpoint-tui -f -l version
