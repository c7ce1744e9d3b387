# Completion of starpu_ridge's command line, for bash with or without the
# package bash-completion.

# The options that have a meaning for the command $1.
_starpu_ridge_options() {
    echo --help --usage --version --quiet --verbose --no-progress
    case $1 in
    fit)
        echo --data --test --holdout --skip-bad --invert --labels --layout --image \
            --gray --threshold --background --features --budget --mirror --precision --lambda --standardize --solver \
            --folds --validate --select --seed --augment --warp --tiles --block --lanes --distribute --cache \
            --model --json --report --confusion --weights --trace --calibrate \
            --portable
        ;;
    predict)
        echo --data --part --skip-bad --invert --labels --layout --tiles \
            --portable --model --output --scores --json --confusion --trace
        ;;
    info) echo --check --labels --layout --image --gray --threshold --background ;;
    synth) echo --n --seed ;;
    esac
}

# The extensions of the files that $1 names, an option or a command; fails where
# it names none.  Folders always go with them, to be looked into.
_starpu_ridge_extensions() {
    case $1 in
    --data | --test | --labels) echo npy ;;
    info) echo npy safetensors ;;
    --model) echo safetensors ;;
    --output) echo csv ;;
    --json) echo json ;;
    --report) echo html ;;
    --confusion | --weights) echo png ;;
    --trace | synth) ;;
    *) return 1 ;;
    esac
}

# The words that $1 takes.
_starpu_ridge_words() {
    case $1 in
    --data | --test | info) echo synth: idx: cifar: pictures: npy: shards: ;;
    --lambda) echo auto ;;
    --features) echo pixels patches: rff: orf: ;;
    --background) echo white black gray ;;
    --layout) echo nhwc nchw nhw flat ;;
    --part) echo train test ;;
    --select) echo accuracy mse ;;
    --precision) echo auto int8 float ;;
    --solver) echo auto primal dual cg block ;;
    --distribute) echo both data model ;;
    esac
}

# The files that $2, a value of $1, may become, each with $3 before it.
_starpu_ridge_files() {
    local extension extensions
    extensions=$(_starpu_ridge_extensions "$1") || return
    compgen -P "$3" -d -- "$2"
    for extension in $extensions; do
        compgen -P "$3" -f -X "!*.$extension" -- "$2"
    done
}

# What precedes the word to be completed: sets `command`, `operand` (the second
# one, if given) and `option`, where that word is an option's value.
_starpu_ridge_parse() {
    local word
    for word; do
        if [[ $option ]]; then
            option=''
            continue
        fi
        case $word in
        --*=* | -[!-]* | --help | --usage | --version | --quiet | --verbose | \
            --no-progress | --gray | --mirror | --standardize | --skip-bad | --invert | \
            --check | --scores | --calibrate | --portable) ;;
        --*) option=$word ;;
        *) if [[ $command ]]; then operand=$word; else command=$word; fi ;;
        esac
    done
}

_starpu_ridge() {
    local last=${COMP_WORDS[COMP_CWORD]} words=() files=() glue='' i
    local command='' operand='' option='' lead=''

    # readline breaks words at = and :, which do not end them here.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        if [[ $glue || ${COMP_WORDS[i]} == [=:]* ]] && ((${#words[@]})); then
            words[-1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
        fi
        [[ ${COMP_WORDS[i]} == [=:]* ]] && glue=yes || glue=''
    done
    [[ $last != [=:]* ]] || last=''

    local word=${words[-1]} value
    _starpu_ridge_parse "${words[@]::${#words[@]}-1}"
    value=$word
    if [[ ! $option && $word == --*=* ]]; then
        option=${word%%=*} value=${word#*=} lead=$option=
    fi

    if [[ ! $option && $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_starpu_ridge_options "${command:-fit}")" -- "$word")
        return
    elif [[ ! $option && ! $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'fit predict info synth' -- "$word")
        return
    fi
    [[ $option || $operand ]] || option=$command

    mapfile -t COMPREPLY < <(compgen -P "$lead" -W \
        "$(_starpu_ridge_words "$option")" -- "$value")
    [[ ${COMPREPLY[*]} != *:* ]] || compopt -o nospace
    if [[ $value =~ ^(idx|cifar|pictures|npy|shards): ]]; then
        lead+=${BASH_REMATCH[0]} value=${value#*:}
    fi
    mapfile -t files < <(_starpu_ridge_files "$option" "$value" "$lead" |
        sort -u)
    if ((${#files[@]} && !${#COMPREPLY[@]})); then
        compopt -o filenames
    fi
    COMPREPLY+=("${files[@]}")
    COMPREPLY=("${COMPREPLY[@]#"${word%"$last"}"}")
}

complete -F _starpu_ridge starpu_ridge
