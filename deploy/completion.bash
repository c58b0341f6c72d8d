# Completes `run.py` and `reminders` in bash; in zsh after `autoload -U bashcompinit && bashcompinit`.
#
#   source deploy/completion.bash        # or copy it to /etc/bash_completion.d/reminders
_reminders_flags() {
  local everywhere="--help --config --state --board" reading="--plan --directory"
  case $1 in
    serve | once | explain) echo "$everywhere $reading --as-of" ;;
    check) echo "$everywhere $reading --as-of --connect" ;;
    plan) echo "$everywhere $reading --as-of --json --yaml" ;;
    preview) echo "$everywhere $reading --as-of --lead --out" ;;
    rehearse) echo "$everywhere $reading --from --to --out --json" ;;
    ledger) echo "$everywhere --json --held" ;;
    health) echo "$everywhere --ready" ;;
    migrate) echo "$everywhere --check" ;;
    send-test | backup | test) echo "$everywhere" ;;
    *) echo "$(_reminders_flags serve) --version" ;;
  esac
}

_reminders() {
  local commands="serve once check plan rehearse preview explain ledger health send-test backup migrate test"
  local deeds="adopt release withdraw resend hold export erase"
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  [[ $word != -* ]] || before=-
  case $before in
    --config | --state) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --plan | --directory | --out | backup) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    plan) mapfile -t COMPREPLY < <(compgen -W accept -- "$word") ;;
    preview) mapfile -t COMPREPLY < <(compgen -W "reminder digest fault test" -- "$word") ;;
    ledger) mapfile -t COMPREPLY < <(compgen -W "$deeds" -- "$word") ;;
    *)
      local offered
      offered=$(_reminders_flags "$command")
      [ "$COMP_CWORD" != 1 ] || offered="$commands $offered"
      mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word")
      ;;
  esac
}
complete -o filenames -F _reminders run.py ./run.py reminders
