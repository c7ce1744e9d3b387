# Rooms: a library a folder, which can include and link only what it may know.
#
# tg_room(FOLDER [KNOWS FOLDER...] [USES LIBRARY...] [SEES LIBRARY...])
#   makes the library of a folder, whose CMakeLists.txt names the sources.  Its
#   public headers lie in the folder.  KNOWS: other rooms; USES: libraries that
#   its sources take; SEES: libraries that its headers take as well.
#
# With BUILD_SHARED_LIBS every room is a shared library linked with -z defs:
# what a room calls without knowing it does not link.

function(tg_room_name folder name)
  string(REGEX REPLACE "^src/" "" room ${folder})
  string(REPLACE "/" "_" room ${room})
  set(${name} tg_${room} PARENT_SCOPE)
endfunction()

function(tg_room folder)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "KNOWS;USES;SEES")
  tg_room_name(${folder} target)
  add_library(${target})
  target_include_directories(${target} PUBLIC ${folder})
  foreach(known ${room_KNOWS})
    tg_room_name(${known} known)
    target_link_libraries(${target} PUBLIC ${known})
  endforeach()
  target_link_libraries(${target} PUBLIC ${room_SEES}
                        PRIVATE ${room_USES} tg_flags)
  target_compile_options(${target} PRIVATE -Wconversion)
  if(BUILD_SHARED_LIBS)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  set(TG_ROOM ${target})
  add_subdirectory(${folder})
  set_property(GLOBAL APPEND_STRING PROPERTY TG_ROOMS
    "${folder};$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>\n")
endfunction()

# tg_sources(FILE...): the sources of the room whose CMakeLists.txt this is
macro(tg_sources)
  target_sources(${TG_ROOM} PRIVATE ${ARGN})
endmacro()

# tg_list_rooms(FILE): what each room may include, a line a room, for the tests:
# its folder, then the folders of the headers that it sees, all with semicolons
function(tg_list_rooms file)
  get_property(rooms GLOBAL PROPERTY TG_ROOMS)
  file(GENERATE OUTPUT ${file} CONTENT "${rooms}")
endfunction()
