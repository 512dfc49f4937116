# Completion for endpoint-panel: the program itself says what can follow.
function __endpoint_panel_words
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
complete -c endpoint-panel -f -a '(__endpoint_panel_words)'
