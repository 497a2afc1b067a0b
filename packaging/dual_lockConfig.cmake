# For find_package(dual_lock): the target dual_lock::dual_lock leads to both
# headers and to what threads need. CMake's and make's install copy this file.
if(NOT CMAKE_C_COMPILER_LOADED AND NOT CMAKE_CXX_COMPILER_LOADED)
    enable_language(C)      # FindThreads tries to compile
endif()
include(CMakeFindDependencyMacro)
find_dependency(Threads)

if(NOT TARGET dual_lock::dual_lock)
    add_library(dual_lock::dual_lock INTERFACE IMPORTED)
    get_filename_component(dual_lock_prefix ${CMAKE_CURRENT_LIST_DIR}/../../..
        ABSOLUTE)
    set_target_properties(dual_lock::dual_lock PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES ${dual_lock_prefix}/include/dual_lock
        INTERFACE_LINK_LIBRARIES
            "Threads::Threads;$<$<PLATFORM_ID:Windows>:synchronization>")
endif()
