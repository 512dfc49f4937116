# Completion for endpointctl: the program itself says what can follow.
function __endpointctl_words
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for line in ($typed[1] complete -- $typed[2..-1] $current 2>/dev/null)
        switch $line
            case ':file*'
                __fish_complete_path $current
            case ':dir*'
                __fish_complete_directories $current
            case '?*'
                echo $line
        end
    end
end
complete -c endpointctl -f -a '(__endpointctl_words)'
