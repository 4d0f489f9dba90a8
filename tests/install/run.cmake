# Installs the build into a fresh prefix and uses it as a stranger would: programs, presets, documents, library.
# Expects BUILD (the build folder), WORK (a folder to use up), CONSUMER (the consumer's source) and CXX_FLAGS.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}: ended with ${status}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
# An installation may be moved: nothing in it knows where it lay.
file(RENAME ${WORK}/first ${WORK}/prefix)

# Away from everything of the build: no preset may come from there.
set(ENV{XDG_DATA_HOME} ${WORK}/none)
unset(ENV{AAPP_PRESET_PATH})
run(${CMAKE_COMMAND} -E chdir / ${WORK}/prefix/bin/aapp-play check voice)
string(FIND "${output}" "${WORK}/prefix/share/aapp/presets/voice.json" found)
if(found EQUAL -1)
  message(FATAL_ERROR "the preset voice came from elsewhere:\n${output}")
endif()
run(${WORK}/prefix/bin/aapp-analyze --version)
run(${WORK}/prefix/bin/aapp-play devices)  # by aapp-play-live

foreach(file share/man/man1/aapp-play.1 share/man/man1/aapp-analyze.1 share/bash-completion/completions/aapp-play
             share/zsh/site-functions/_aapp-play share/fish/vendor_completions.d/aapp-play.fish
             include/aapp/common/chain/chain.h)
  file(SIZE ${WORK}/prefix/${file} size)
  if(size LESS 100)
    message(FATAL_ERROR "${file} is empty")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/build -G Ninja -DCMAKE_PREFIX_PATH=${WORK}/prefix
    -DCMAKE_CXX_FLAGS=${CXX_FLAGS} -DCMAKE_BUILD_TYPE=Debug)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer ${WORK}/prefix/share/aapp/presets/voice.json)
if(NOT output STREQUAL "Voice: 48000 frames\n")
  message(FATAL_ERROR "the consumer said: ${output}")
endif()
file(REMOVE_RECURSE ${WORK})
