# Completion for endpoint-sandbox.
complete -c endpoint-sandbox -x -l erp -a 'subiekt-gt optima nexo navireo generic'
complete -c endpoint-sandbox -x -l rows
complete -c endpoint-sandbox -x -l seed
complete -c endpoint-sandbox -r -F -l data
complete -c endpoint-sandbox -x -l listen -a '127.0.0.1'
complete -c endpoint-sandbox -f -l allow-remote
complete -c endpoint-sandbox -x -l port
complete -c endpoint-sandbox -r -F -l port-file
complete -c endpoint-sandbox -x -l browser-port
complete -c endpoint-sandbox -x -l instance
complete -c endpoint-sandbox -x -l encrypt -a 'off login required'
complete -c endpoint-sandbox -r -F -l cert
complete -c endpoint-sandbox -r -F -l key
complete -c endpoint-sandbox -x -l make-cert -a '(__fish_complete_directories)'
complete -c endpoint-sandbox -x -l user
complete -c endpoint-sandbox -r -F -l password-file
complete -c endpoint-sandbox -x -l import-dir -a '(__fish_complete_directories)'
complete -c endpoint-sandbox -f -l keep-imported
complete -c endpoint-sandbox -f -l print-schema
complete -c endpoint-sandbox -x -l deny
complete -c endpoint-sandbox -f -l read-only
complete -c endpoint-sandbox -f -l snapshot
complete -c endpoint-sandbox -x -l fault -a 'drop-after-rows= stall-after-rows= lose-commit=before lose-commit=after lose-commit=refused no-tcp secondary clock-ahead='
complete -c endpoint-sandbox -r -F -l login-messages
complete -c endpoint-sandbox -r -F -l batch-messages
complete -c endpoint-sandbox -f -l help
complete -c endpoint-sandbox -f -l version
complete -c endpoint-sandbox -n __fish_use_subcommand -a import -d 'make the documents of EDI++ files'
