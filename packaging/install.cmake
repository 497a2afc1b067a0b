# Installs what `make install` installs; tests/packages compares the two.
set(PREFIX ${CMAKE_INSTALL_PREFIX})
set(VERSION ${PROJECT_VERSION})
set(LIBS -pthread)
if(WIN32)
    set(LIBS -lsynchronization)
endif()
foreach(file dual_lock.pc dual_lockConfigVersion.cmake)
    configure_file(packaging/${file}.in ${file} @ONLY)
endforeach()

install(FILES lock.h async_lock.h DESTINATION include/dual_lock)
install(FILES ${PROJECT_BINARY_DIR}/dual_lock.pc DESTINATION share/pkgconfig)
install(FILES packaging/dual_lockConfig.cmake
    ${PROJECT_BINARY_DIR}/dual_lockConfigVersion.cmake
    DESTINATION share/cmake/dual_lock)

# A project whose own export needs this target is told its name; what finds it
# again is dual_lockConfig.cmake.
install(TARGETS dual_lock EXPORT dual_lock)
install(EXPORT dual_lock NAMESPACE dual_lock:: DESTINATION share/cmake/dual_lock
    EXCLUDE_FROM_ALL)

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man)

# Each name of a man page becomes a link to it, for `man thread_lock_release`.
foreach(page thread_lock async_lock)
    install(FILES docs/${page}.3 DESTINATION share/man/man3)
    file(READ docs/${page}.3 text)
    string(REGEX MATCH "\n\\.Sh NAME.*\n\\.Nd" text "${text}")
    string(REGEX MATCHALL "\n\\.Nm [A-Za-z_]+" names "${text}")
    foreach(name ${names})
        string(REGEX REPLACE "\n\\.Nm " "" name "${name}")
        set(link ${PROJECT_BINARY_DIR}/man/${name}.3)
        file(CREATE_LINK ${page}.3 ${link} SYMBOLIC)
        install(FILES ${link} DESTINATION share/man/man3)
    endforeach()
endforeach()
