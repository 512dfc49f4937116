# Completion for endpointd.
complete -c endpointd -f
complete -c endpointd -r -F -l config
complete -c endpointd -x -l state-dir -a '(__fish_complete_directories)'
complete -c endpointd -x -l runtime-dir -a '(__fish_complete_directories)'
complete -c endpointd -r -F -l worker
complete -c endpointd -f -l check
complete -c endpointd -f -l help
complete -c endpointd -f -l version
