# ESP-IDF's only part in this, played: cmake -DLOCK=... -P esp.cmake
function(idf_component_register)
    message("registered: ${ARGN}")
endfunction()

set(ESP_PLATFORM 1)
include(${LOCK}/CMakeLists.txt)
